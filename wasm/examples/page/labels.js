// The package's values in words. A value without words of its own is shown as it is spelt.

const words = {
  magic_the_gathering: 'Magic: The Gathering',
  pokemon: 'Pokémon TCG',
  star_wars_unlimited: 'Star Wars: Unlimited',
  nfl_five: 'NFL Five',
  custom_tcg: 'Another card game',
  pre_constructed: 'Preconstructed',
  registration_open: 'Registration open',
  registration_closed: 'Registration closed',
  in_progress: 'In progress',
  late_entry: 'Late entry',
  BO1: 'Best of one',
  BO3: 'Best of three',
};

export function label(value) {
  const spelt = value.replaceAll('_', ' ');
  return words[value] ?? spelt.charAt(0).toUpperCase() + spelt.slice(1);
}

/** `1 player`, `2 players`. */
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
