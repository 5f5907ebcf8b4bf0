-- The cards of public images of all accounts, by name, as the image centre lists them: a part of the cards' table of its own, so that a search
-- reads nothing of what is private.
CREATE INDEX public_cards ON repository_cards (path, repository, category) WHERE public = 1;
