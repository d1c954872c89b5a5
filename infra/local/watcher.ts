// Follows one WebAppSource and its WebApps, and says what happens to them.

import { follow } from '../../functions/relay/informer.ts';
import { conditionOf } from '../../gitops/conditions.ts';
import type { Api } from '../../gitops/io/api.ts';
import { DEPLOYMENT, type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import type { Condition, KubeObject, ObjectKey } from '../../gitops/objects.ts';
import {
  ANNOTATION,
  annotation,
  LABEL,
  OPERATOR,
  type WebApp,
  type WebAppSource,
} from '../../gitops/webapp.ts';
import { formatProblem } from '../../policies/problem.ts';
import { type Story, since } from './story.ts';

/** What is known of the source and its WebApps. */
export class Watcher {
  readonly #story: Story;
  readonly #key: ObjectKey;
  readonly #webapps = new Map<string, WebApp>();
  readonly #told = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #source: WebAppSource | undefined;
  /** When the change that is being followed was asked for. */
  #start = performance.now();

  constructor(story: Story, key: ObjectKey) {
    this.#story = story;
    this.#key = key;
  }

  /** Follows until the signal ends. */
  async run(api: Api, signal: AbortSignal, log: Log): Promise<void> {
    const print = ({ metadata, spec, status }: KubeObject) =>
      JSON.stringify([metadata.annotations, metadata.generation, spec, status]);
    const watched = (
      of: Kind,
      tell: (object: KubeObject, gone: boolean) => void,
      labelSelector?: string,
    ) =>
      follow(
        {
          of,
          print,
          ...(labelSelector && { labelSelector }),
          tell: (verb, object) => {
            if (object.metadata.namespace === this.#key.namespace) tell(object, verb === 'delete');
            for (const wake of this.#waiting.splice(0)) wake();
          },
        },
        api,
        { signal, log },
      );
    await Promise.all([
      watched(WEBAPP_SOURCE, (object) => this.#onSource(object as WebAppSource)),
      watched(WEBAPP, (object, gone) => this.#onWebApp(object as WebApp, gone), LABEL.source),
      watched(
        DEPLOYMENT,
        (object, gone) => this.#onDeployment(object, gone),
        `${LABEL.managedBy}=${OPERATOR}`,
      ),
    ]);
  }

  /** Returns when all WebApps of the source are Ready; throws with the reasons when the time is over. */
  async allReady(timeoutMs: number): Promise<number> {
    const end = performance.now() + timeoutMs;
    while (!this.#isReady()) {
      const left = end - performance.now();
      if (left <= 0)
        throw new Error(`not Ready after ${timeoutMs / 1_000} s:\n${this.#reasons().join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, Math.min(left, 1_000));
      });
    }
    return this.#webapps.size;
  }

  #isReady(): boolean {
    const { status } = this.#source ?? {};
    const count = status?.inventory?.length ?? 0;
    return (
      this.#source !== undefined &&
      isReady(this.#source) &&
      this.#webapps.size === count &&
      [...this.#webapps.values()].every(isReady)
    );
  }

  #reasons(): string[] {
    const objects = [...(this.#source ? [this.#source] : []), ...this.#webapps.values()];
    return objects
      .filter((object) => !isReady(object))
      .map((object) => {
        const message =
          readyOf(object)?.message ?? 'no status yet: are the functions and the relay running?';
        return `  ${object.kind} ${object.metadata.name}: ${message}`;
      });
  }

  #onSource(source: WebAppSource): void {
    const asked = annotation(source, ANNOTATION.requestedAt);
    if (this.#source && asked !== annotation(this.#source, ANNOTATION.requestedAt)) {
      this.#start = performance.now();
      this.#story.say('◎ push heard');
    }
    const before = this.#source?.status.lastAttemptedRevision;
    this.#source = source;
    if (source.status.lastAttemptedRevision === before) {
      if (isCurrent(source) && !isReady(source) && asked === source.status.lastHandledReconcileAt) {
        this.#tellOnce(source, '⚠');
      }
      return;
    }
    this.#tellRevision(source, before === undefined ? 'applied' : undefined);
  }

  #tellRevision({ status }: WebAppSource, key: string | undefined): void {
    const { lastAttemptedRevision: revision = '', problems = [], inventory = [] } = status;
    const text = `fetched and applied ${shorten(revision)}: ${inventory.length} WebApps${butFor(problems)}`;
    this.#story.done(text, since(this.#start), key);
    for (const problem of problems) {
      this.#story.say(`${problem.severity === 'warning' ? '⚠' : '✗'} ${formatProblem(problem)}`);
    }
  }

  #onWebApp(webapp: WebApp, gone: boolean): void {
    const { name } = webapp.metadata;
    if (gone) {
      this.#webapps.delete(name);
      this.#story.done(`${name}: deleted`, since(this.#start));
      return;
    }
    this.#webapps.set(name, webapp);
    if (!isCurrent(webapp)) return;
    if (isReady(webapp)) this.#tellOnce(webapp, '✔');
    else if (webapp.status.phase !== 'Progressing') this.#tellOnce(webapp, '⚠');
    // Ready again is news, in the same words as before.
    else this.#told.delete(`WebApp/${name}`);
  }

  #onDeployment({ metadata, spec }: KubeObject, gone: boolean): void {
    const { replicas, template } = spec as {
      replicas: number;
      template: { spec: { containers: { image: string }[] } };
    };
    const image = template.spec.containers[0]?.image ?? '';
    const text = gone ? 'Deployment gone' : `Deployment with ${replicas} × ${image}`;
    if (this.#told.get(`Deployment/${metadata.name}`) === text) return;
    this.#told.set(`Deployment/${metadata.name}`, text);
    this.#story.done(`${metadata.name}: ${text}`, since(this.#start));
  }

  /** Says the Ready condition's message unless it was the last thing said of the object. */
  #tellOnce(object: WebApp | WebAppSource, sign: string): void {
    const { name } = object.metadata;
    const text = `${sign} ${name}: ${readyOf(object)?.message ?? ''}`;
    const key = `${object.kind}/${name}`;
    if (readyOf(object) === undefined || this.#told.get(key) === text) return;
    this.#told.set(key, text);
    if (sign === '✔') this.#story.done(text.slice(2), since(this.#start));
    else this.#story.say(text);
  }
}

function isCurrent({ metadata, status }: WebApp | WebAppSource): boolean {
  return status.observedGeneration === metadata.generation;
}

function readyOf({ status }: WebApp | WebAppSource): Condition | undefined {
  return conditionOf(status.conditions, 'Ready');
}

function isReady(object: WebApp | WebAppSource): boolean {
  return isCurrent(object) && readyOf(object)?.status === 'True';
}

/** What is but a warning has been applied. */
function butFor(problems: readonly { readonly severity?: string | undefined }[]): string {
  const count = problems.filter(({ severity }) => severity !== 'warning').length;
  if (count === 0) return '';
  return ` but for ${count === 1 ? '1 problem' : `${count} problems`}`;
}

function shorten(revision: string): string {
  return revision.replace(/(@sha1:.{7}).*/, '$1');
}
