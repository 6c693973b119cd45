import type { Facts } from './facts.ts';
import { checkFindings } from './findings.ts';
import { checkFirewalls } from './firewalls.ts';
import type { Certainty, Diagnosis, Gap } from './model.ts';
import { checkNodes, hintAtClaimless, hintAtHosts } from './nodes.ts';
import { checkRoutes } from './routes.ts';
import { checkSubnets } from './subnets.ts';

/** Everything that was found, and what could not be looked at. */
export interface Examination {
  /** The surest first. */
  readonly problems: readonly Diagnosis[];
  /** What cannot be seen from the cloud, or need not be wrong. */
  readonly hints: readonly Diagnosis[];
  readonly gaps: readonly Gap[];
}

const ORDER: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, possible: 2 };

/** Finds why pods on different nodes cannot talk. Pure: the same facts give the same answer. */
export function diagnose(facts: Facts): Examination {
  const problems = [checkRoutes, checkFindings, checkNodes, checkSubnets, checkFirewalls].flatMap((check) =>
    check(facts),
  );
  return {
    problems: proposeOnce(problems.toSorted((a, b) => ORDER[a.certainty] - ORDER[b.certainty])),
    hints: [...hintAtClaimless(facts), hintAtHosts(facts)],
    gaps: [...findUnread(facts), ...facts.network.gaps],
  };
}

/** No command comes twice: a cloud refuses to add a rule that is there. */
function proposeOnce(problems: readonly Diagnosis[]): Diagnosis[] {
  const known = new Set<string>();
  const takeNew = (commands: readonly string[]): string[] => {
    const found = [...new Set(commands)].filter((command) => !known.has(command));
    for (const command of found) known.add(command);
    return found;
  };
  return problems.map((problem) => {
    const lookCommands = takeNew(problem.lookCommands);
    const commands = takeNew(problem.commands);
    if (commands.length === problem.commands.length) return { ...problem, lookCommands };
    const same =
      commands.length === 0
        ? 'The same command as above fixes it.'
        : 'It also needs one of the commands above.';
    return { ...problem, lookCommands, remedy: `${problem.remedy} ${same}`, commands };
  });
}

const UNCHECKED = {
  nodes: 'whether all nodes are known',
  table: 'routes',
  claims: 'what a node claims',
} as const;

/** What the core could not read. */
function findUnread({ run }: Facts): Gap[] {
  return run.observation.failures.map(({ what, id, failure }) => ({
    unchecked: id === null ? UNCHECKED[what] : `${UNCHECKED[what]} (${id})`,
    failure,
  }));
}
