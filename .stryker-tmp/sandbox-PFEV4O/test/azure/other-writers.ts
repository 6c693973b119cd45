// @ts-nocheck
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { ArmError } from '../../shared/sandbox/arm/errors.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import type { AzureWorld } from './azure-world.ts';

/** What somebody does to a route of their own, after so many turns of the event loop. */
export interface Write {
  readonly route: number;
  readonly action: 'put' | 'delete';
  readonly after: number;
}

type World = Pick<AzureWorld, 'sandbox' | 'table' | 'routes'>;

/** Somebody else who writes routes of their own to a table. */
export interface Writer {
  /** Makes the writes one after another. */
  readonly write: (writes: readonly Write[]) => Promise<void>;
  /** What the table must have of theirs, as `name destination nextHop` lines. */
  readonly routes: () => string[];
}

interface OwnRoute {
  readonly name: string;
  readonly addressPrefix: string;
  readonly nextHopIpAddress: string;
}

/** Tries to bring one route into the table, or all; false where it is locked or has moved meanwhile. */
type Attempt = (changed: string, routes: ReadonlyMap<string, OwnRoute>) => boolean | Promise<boolean>;

/**
 * Before each attempt they hold what the table has of theirs against what they wrote, so that an update of theirs
 * that was lost for a while is noticed too.
 */
function createWriter(world: World, { owner, block }: Identity, attempt: Attempt): Writer {
  const written = new Map<string, OwnRoute>();
  const expected = () =>
    [...written.values()].map((route) => `${route.name} ${route.addressPrefix} ${route.nextHopIpAddress}`);
  const checkNothingLost = () => {
    const present = world.routes().filter((line) => line.startsWith(owner));
    expect(present.sort()).toEqual(expected().sort());
  };
  return {
    routes: expected,
    write: async (writes) => {
      for (const [i, { route, action, after }] of writes.entries()) {
        for (let turns = 0; turns < after; turns += 1) await turn();
        const name = `${owner}-${route}`;
        const next = new Map(written);
        const addressPrefix = `172.${block}.${route}.0/24`;
        if (action === 'put') next.set(name, { name, addressPrefix, nextHopIpAddress: `10.240.1.${4 + i}` });
        else next.delete(name);
        checkNothingLost();
        while (!(await attempt(name, next))) {
          await pause(1);
          checkNothingLost();
        }
        written.clear();
        for (const [key, value] of next) written.set(key, value);
      }
    },
  };
}

interface Identity {
  /** What the names of their routes start with. */
  readonly owner: string;
  readonly block: number;
}

/** A person, who puts and deletes single routes. */
export function createPerson(world: World): Writer {
  const { arm } = world.sandbox;
  return createWriter(world, { owner: 'person', block: 16 }, (name, routes) => {
    const route = routes.get(name);
    try {
      if (route === undefined) deleteRoute(arm, world.table, name);
      else putRoute(arm, world.table, route);
      return true;
    } catch (error) {
      if (error instanceof ArmError && BUSY.includes(error.status)) return false;
      throw error;
    }
  });
}

/** Locked by another operation, written by somebody else since it was read, locked in the other form. */
const BUSY = [409, 412, 429];

interface TableJson {
  readonly etag: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: { readonly routes: readonly { readonly name: string }[] };
}

/** Another controller, which puts the whole table as it has read it, with its own routes and a tag changed. */
export function createController(world: World): Writer {
  const url = `${world.sandbox.endpoint}${world.table}?api-version=2026-01-01`;
  const headers = { authorization: 'Bearer sandbox', 'content-type': 'application/json' };
  return createWriter(world, { owner: 'controller', block: 17 }, async (_, routes) => {
    const read = await fetch(url, { headers });
    const table: TableJson = JSON.parse(await read.text());
    const others = table.properties.routes.filter(({ name }) => !name.startsWith('controller'));
    const own = [...routes.values()].map(({ name, ...rest }) => ({
      name,
      properties: { ...rest, nextHopType: 'VirtualAppliance' },
    }));
    const edited = {
      ...table,
      tags: { ...table.tags, controller: own.map(({ name }) => name).join(' ') },
      properties: { ...table.properties, routes: [...others, ...own] },
    };
    const { ok, status } = await fetch(url, {
      method: 'PUT',
      headers: { ...headers, 'if-match': table.etag },
      body: JSON.stringify(edited),
    });
    if (!ok && !BUSY.includes(status)) throw new Error(`The controller was answered ${status}`);
    return ok;
  });
}
