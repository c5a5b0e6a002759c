"""What is watched for getting slower: small pieces of work, timed on two commits in turn (`make bench-watch`)."""
