// @ts-nocheck
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';
import expected from './user-data/expected.json' with { type: 'json' };

const FOLDER = new URL('./user-data/', import.meta.url);

function readCase(name: string): { claims: string[]; defect: boolean } {
  const { reading } = searchUserData(readFileSync(new URL(name, FOLDER)).toString('base64'), 'pod-cidr');
  return { claims: reading.claims.map(({ cidr }) => cidr.text), defect: reading.defects.length > 0 };
}

describe('user data as people write it', () => {
  it.each(Object.entries(expected))('%s gives its claims and mistakes', (name, wanted) => {
    expect(readCase(name)).toEqual(wanted);
  });

  it('is all held against what is expected', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
    expect(files.sort()).toEqual(Object.keys(expected).sort());
  });
});
