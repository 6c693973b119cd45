import { fileURLToPath } from 'node:url';

/**
 * For short processes: a good part of what one takes is to compile what it runs, which is the same each
 * time. Node writes what it has compiled as a process ends by itself, and reads it at the start of the next.
 */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/podroutes/', import.meta.url)),
};
