// What one would write without a package: rows in a `Map`, copied on their way in and out.

export class MapStore {
  #rows = new Map();

  async create(row) {
    this.#rows.set(row.id, structuredClone(row));
    return structuredClone(row);
  }

  async get(id) {
    return structuredClone(this.#rows.get(id));
  }

  async list(limit) {
    const page = [];
    for (const row of this.#rows.values()) {
      if (page.length === limit) break;
      page.push(row);
    }
    return structuredClone(page);
  }

  delete(id) {
    this.#rows.delete(id);
  }
}
