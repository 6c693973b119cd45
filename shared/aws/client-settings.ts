/** Adaptive mode slows down to what the service lets through, and each attempt waits for its turn. */
export const RETRIES = { retryMode: 'adaptive', maxAttempts: 10 } as const;
