"""What every route uses: authentication, rate limits, errors, schemas and idempotency."""
