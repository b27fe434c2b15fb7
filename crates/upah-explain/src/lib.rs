//! Events and a statement, told to a person: the five questions.
