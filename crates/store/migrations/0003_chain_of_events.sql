-- Each event with the digest of itself and of all before it; events of before have none.
ALTER TABLE event ADD COLUMN digest TEXT;
