import { testOnClouds } from './cloud-suite.ts';
import { testSettingsAndDisks } from './disk-suite.ts';
import { testRestarts } from './restart-suite.ts';
import { SYSTEM_SHELL } from './script.ts';

testOnClouds(SYSTEM_SHELL);
testRestarts(SYSTEM_SHELL);
testSettingsAndDisks(SYSTEM_SHELL);
