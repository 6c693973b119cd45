import type { Config } from '../../../shared/core/config/config.ts';
import type { NodeEvent } from '../../../shared/core/events/node-event.ts';
import type { CloudName } from '../../../shared/core/model.ts';
import type { Invocation, OptionSpec, SettingOption } from '../command.ts';
import type { Production } from '../demo/runner.ts';
import type { RunningSandbox } from '../sandbox/cluster.ts';
import type { Connection } from '../session.ts';

/**
 * A cloud that the command line knows. What it does there is loaded when it is asked for, so that no command waits
 * for the clients of another cloud.
 */
export interface CliCloud {
  readonly name: CloudName;
  /** As people call it. */
  readonly title: string;
  /** Its own command line, whose credentials are used. */
  readonly program: string;
  /** The heading over nodes that are to be let forward, or have been. */
  readonly forwarding: string;
  /** Placeholders in the help of options. */
  readonly forms: { readonly routeTable: string; readonly ledger: string };
  /** Options that stand for settings which no other cloud has. */
  readonly settingOptions: readonly SettingOption[];
  /** Options that say something to its client alone. */
  readonly clientOptions: readonly OptionSpec[];
  /** Settings which no other cloud has and no option stands for. */
  readonly variables: readonly string[];
  /** What a function app knows from its environment, and a person has to give. */
  readonly needed: readonly { readonly variable: string; readonly what: string }[];
  readonly connect: () => Promise<(config: Config, invocation: Invocation) => Promise<Connection>>;
  /** Loads what reads events of a cluster that is not known. */
  readonly readEventsOffline: () => Promise<(text: string) => NodeEvent[]>;
  /** Loads what lists the profiles that a person may choose; null where there is no such thing. */
  readonly readProfiles: (() => Promise<(env: NodeJS.ProcessEnv) => Promise<string[]>>) | null;
  readonly startSandbox: () => Promise<(port: number, isEmpty: boolean) => Promise<RunningSandbox>>;
  /** Loads the parts of the demo, in order. */
  readonly openDemo: () => Promise<readonly Production[]>;
  readonly provision: Provisioning;
}

/** How subnets come to use a route table: by `podroutes provision`, or by hand, which takes no more than `how`. */
type Provisioning =
  | {
      readonly kind: 'command';
      readonly load: () => Promise<(config: Config, invocation: Invocation) => Promise<number>>;
    }
  | { readonly kind: 'by-hand'; readonly how: string };
