// Results of a match: games won by the first player, by the second, and drawn.

const bestOfOne = [[1, 0, 0], [0, 0, 1], [0, 1, 0]];
const bestOfThree = [[2, 0, 0], [2, 1, 0], [1, 1, 0], [1, 2, 0], [0, 2, 0]];

/** The results that are mostly entered, from the first player's win to the second's. */
export const usualResults = (matchStructure) => (matchStructure === 'BO1' ? bestOfOne : bestOfThree);

/** `2–1`, and `1–1–1` where games were drawn. */
export const score = ([first, second, draws]) =>
  [first, second, ...(draws > 0 ? [draws] : [])].join('–');

export const resultOf = (match) => [match.player1_wins, match.player2_wins, match.draws];

export const isPlayed = (match) => match.status === 'completed';

/** 1 if the first player won, 2 if the second did, 0 for a draw. */
export const winnerOf = ([first, second]) => (first === second ? 0 : first > second ? 1 : 2);
