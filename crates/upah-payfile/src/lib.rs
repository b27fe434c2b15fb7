//! Payroll files (CSV, JSON Lines) to typed rows, with every bad cell named.
