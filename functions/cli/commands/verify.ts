import { EXIT, type ExitCode, errorRefusal, type Invocation, refuse, usageRefusal } from '../command.ts';
import { connect } from '../connect.ts';
import { outputOf } from '../options.ts';
import type { Session } from '../session.ts';
import { formatJson } from '../terminal.ts';
import type { Examination, Part } from '../verify/model.ts';
import { showExamination } from '../verify/show.ts';
import { toVerdict, type Verdict } from '../verify/verdict.ts';

/** Looks whether a deployment is as it should be, and works. */
export async function verify(invocation: Invocation): Promise<number> {
  const asked = invocation.values.get('wait') ?? '180';
  const seconds = /^\d{1,4}$/.test(asked) ? Number(asked) : 0;
  if (seconds === 0) {
    return refuse(invocation, usageRefusal(`--wait: expected seconds, from 1 to 9999; found "${asked}"`));
  }
  const connection = await connect(invocation);
  if (!connection.ok) return refuse(invocation, connection);
  const { session } = connection;
  if (session.openVerifier === null) return refuse(invocation, errorRefusal(describeNone(session)));
  const look = await session.openVerifier();
  const { err } = invocation;
  const verification = await look({
    deployment: invocation.values.get('deployment') ?? null,
    patienceMs: seconds * 1000,
    onStep: (text) => {
      if (err.isWatched) err.print(err.paint('dim', text));
    },
  });
  if (!verification.ok) {
    return refuse(invocation, errorRefusal(`in ${session.place}: ${verification.problem}`));
  }
  const verdict = toVerdict(verification.examination);
  print(invocation, session, verification.examination, verdict);
  return EXITS[verdict.kind];
}

function describeNone({ cloud }: Session): string {
  return `podroutes verify cannot look at a deployment on this cloud yet; docs/verify.md says what does for ${cloud.name}`;
}

/** What is broken is certain, whatever else could not be looked at. */
const EXITS: Readonly<Record<Verdict['kind'], ExitCode>> = {
  whole: EXIT.ok,
  unseen: EXIT.error,
  broken: EXIT.changes,
};

function print(
  { values, out }: Invocation,
  { config, cloud, place }: Session,
  examination: Examination,
  verdict: Verdict,
): void {
  if (outputOf(values) !== 'json') {
    showExamination(out, examination, verdict, place);
    return;
  }
  const cluster = config.cluster;
  const { deployment, parts } = examination;
  out.print(
    formatJson({
      ...{ cluster, cloud: cloud.name, deployment, verdict: verdict.kind, sentence: verdict.sentence },
      parts: parts.map(listPart),
    }),
  );
}

/** Every part with the same fields: docs/schemas/verify.schema.json. */
function listPart(part: Part): object {
  const { area, name, state } = part;
  return {
    ...{ area, name, state },
    defects: part.state === 'broken' ? part.defects : [],
    why: part.state === 'unseen' ? part.why : null,
  };
}
