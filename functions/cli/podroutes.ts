#!/usr/bin/env node
// Commands import what is in there: they must not wait for this file, which waits for them.
void import('./main.ts').then(({ main }) => main());
