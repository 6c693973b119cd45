export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'jest-circus';
