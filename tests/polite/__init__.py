"""A server that plays every kind of feed, and a judge that scores who reads them."""
