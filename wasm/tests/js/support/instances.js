// The memory of every WebAssembly instance that the package makes, in their order. To be imported before
// the package.

/** @type {WebAssembly.Memory[]} */
export const memories = [];

const { instantiate } = WebAssembly;

WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  const { exports } = made.instance ?? made;
  memories.push(exports.memory);
  return made;
};
