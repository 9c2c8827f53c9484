-- Children before their parents.
DROP TABLE matches;
DROP TABLE rounds;
DROP TABLE components;
DROP TABLE tournament_registrations;
DROP TABLE tournaments;
DROP TABLE formats;
DROP TABLE venues;
DROP TABLE players;
