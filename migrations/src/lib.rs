//! Versioned schemas for stores of tournaments, and the planner that applies them.
