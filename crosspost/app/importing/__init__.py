"""`crosspost import`: what another tool has said already counts as sent, so that nothing is said twice."""
