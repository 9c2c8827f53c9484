// A largest matching in a graph: as many pairs as possible of vertices that share an edge.
// Edmonds' algorithm (J. Edmonds, "Paths, trees, and flowers", 1965) in its usual form with bases
// of blossoms and breadth-first search.

const NONE = -1;

/**
 * Enlarges a matching until none is larger. `mate[v]` is the partner of v, or -1; a vertex with
 * `gone[v]` takes no part. `edge(v, w)` says whether v and w may be paired.
 */
export function enlarge(mate, gone, edge) {
  for (let root = 0; root < mate.length; root += 1) {
    if (!gone[root] && mate[root] === NONE) {
      augment(root, mate, gone, edge);
    }
  }
}

/** Looks for a path from a free vertex to another along which pairs can be swapped, and swaps. */
function augment(root, mate, gone, edge) {
  const size = mate.length;
  const parent = new Array(size).fill(NONE);
  const base = Array.from({ length: size }, (_, v) => v);
  const reached = new Array(size).fill(false);
  const waiting = [root];
  reached[root] = true;

  for (let next = 0; next < waiting.length; next += 1) {
    const v = waiting[next];
    for (let w = 0; w < size; w += 1) {
      if (gone[w] || w === v || base[v] === base[w] || mate[v] === w || !edge(v, w)) {
        continue;
      }
      if (w === root || (mate[w] !== NONE && parent[mate[w]] !== NONE)) {
        shrink(v, w);
      } else if (parent[w] === NONE) {
        parent[w] = v;
        if (mate[w] === NONE) {
          swap(w);
          return;
        }
        reached[mate[w]] = true;
        waiting.push(mate[w]);
      }
    }
  }

  function shrink(v, w) {
    const top = commonBase(v, w);
    const inBlossom = new Array(size).fill(false);
    markPath(v, top, w, inBlossom);
    markPath(w, top, v, inBlossom);
    for (let u = 0; u < size; u += 1) {
      if (inBlossom[base[u]]) {
        base[u] = top;
        if (!reached[u]) {
          reached[u] = true;
          waiting.push(u);
        }
      }
    }
  }

  function commonBase(v, w) {
    const above = new Array(size).fill(false);
    for (let u = base[v]; ; u = base[parent[mate[u]]]) {
      above[u] = true;
      if (mate[u] === NONE) {
        break;
      }
    }
    let u = base[w];
    while (!above[u]) {
      u = base[parent[mate[u]]];
    }
    return u;
  }

  function markPath(from, top, child, inBlossom) {
    let below = child;
    for (let v = from; base[v] !== top; v = parent[mate[v]]) {
      inBlossom[base[v]] = true;
      inBlossom[base[mate[v]]] = true;
      parent[v] = below;
      below = mate[v];
    }
  }

  function swap(end) {
    for (let w = end; w !== NONE;) {
      const v = parent[w];
      const after = mate[v];
      mate[v] = w;
      mate[w] = v;
      w = after;
    }
  }
}
