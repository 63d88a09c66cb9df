-- What a post gives up because its network refused it, such as its picture: JSON of a Concession.
ALTER TABLE delivery ADD COLUMN conceded TEXT;
-- Answers in a row that asked an account to wait without saying how long, and what a person is told of a long wait.
ALTER TABLE account ADD COLUMN throttles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN trouble TEXT;
