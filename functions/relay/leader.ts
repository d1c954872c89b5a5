// Leader election through a Lease, as client-go does it: what counts is how long this process has seen the
// record unchanged, so clocks need not agree. It makes double work rare; nothing relies on it being impossible.
import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { messageOf } from '../../gitops/errors.ts';
import { LEASE } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';

/** Times of the election in milliseconds. */
export interface ElectionTimes {
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export interface Election {
  readonly lease: ObjectKey;
  readonly identity: string;
  readonly times: ElectionTimes;
  readonly cluster: Cluster;
  readonly log: Log;
}

interface Lease extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Runs `lead` whenever this process is the leader; its signal ends when leadership or `signal` does. */
export async function leadWhenElected(
  election: Election,
  lead: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const candidate = new Candidate(election);
  while (!signal.aborted) {
    if (!(await candidate.renew())) {
      await rest(election.times.retryPeriodMs, signal);
      continue;
    }
    election.log.info({ identity: election.identity }, 'Leading');
    const term = new AbortController();
    const led = lead(AbortSignal.any([signal, term.signal]));
    await candidate.hold(signal);
    term.abort();
    await led;
    election.log.info({ identity: election.identity }, 'No longer leading');
  }
  await candidate.release();
}

class Candidate {
  readonly #election: Election;
  /** The record as last seen, and when this process first saw it so. */
  #seen: { version: string; at: number } = { version: '', at: 0 };
  #told: string | undefined;

  constructor(election: Election) {
    this.#election = election;
  }

  /** Takes or renews the lease; returns whether it is held. */
  async renew(): Promise<boolean> {
    const { cluster, lease, log } = this.#election;
    try {
      const live = (await cluster.get(LEASE, lease)) as Lease | undefined;
      if (live === undefined) {
        await cluster.create(LEASE, this.#record());
        return true;
      }
      if (!this.#mayTake(live)) {
        this.#tell(live.spec.holderIdentity);
        return false;
      }
      await cluster.patch(LEASE, live, {
        type: 'merge',
        fields: { spec: this.#record(live).spec },
      });
      return true;
    } catch (error) {
      if (!isConflict(error)) log.warn({ error: messageOf(error) }, 'Lease could not be renewed');
      return false;
    }
  }

  /** Says once of each leader that this process waits for it to go. */
  #tell(leader: string | undefined): void {
    if (leader !== this.#told) this.#election.log.info({ leader }, 'Another process leads');
    this.#told = leader;
  }

  /** Returns when the lease could not be renewed within the deadline, or the signal ended. */
  async hold(signal: AbortSignal): Promise<void> {
    const { renewDeadlineMs, retryPeriodMs } = this.#election.times;
    // Whoever leads next is news, even if it is who led before.
    this.#told = undefined;
    let deadline = performance.now() + renewDeadlineMs;
    while (!signal.aborted && performance.now() < deadline) {
      await rest(retryPeriodMs, signal);
      const renewed = await within(deadline - performance.now(), this.renew());
      if (renewed) deadline = performance.now() + renewDeadlineMs;
    }
  }

  /** Gives the lease up, so that the next leader need not wait for it to run out. */
  async release(): Promise<void> {
    await within(this.#election.times.retryPeriodMs, this.#release());
  }

  async #release(): Promise<void> {
    const { cluster, lease, identity } = this.#election;
    const live = (await cluster.get(LEASE, lease).catch(() => undefined)) as Lease | undefined;
    if (live?.spec.holderIdentity !== identity) return;
    const fields = { spec: { holderIdentity: '', leaseDurationSeconds: 1 } };
    await cluster.patch(LEASE, live, { type: 'merge', fields }).catch(() => {});
  }

  #mayTake({ metadata, spec }: Lease): boolean {
    const { identity, times } = this.#election;
    const version = metadata.resourceVersion ?? '';
    if (version !== this.#seen.version) this.#seen = { version, at: performance.now() };
    if (!spec.holderIdentity || spec.holderIdentity === identity) return true;
    return performance.now() - this.#seen.at > times.leaseDurationMs;
  }

  #record(live?: Lease): Lease {
    const { identity, lease, times } = this.#election;
    const now = new Date().toISOString().replace('Z', '000Z');
    const same = live?.spec.holderIdentity === identity;
    const transitions = (live?.spec.leaseTransitions ?? 0) + (live && !same ? 1 : 0);
    return {
      apiVersion: LEASE.apiVersion,
      kind: LEASE.kind,
      metadata: lease,
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: times.leaseDurationMs / 1_000,
        leaseTransitions: transitions,
        renewTime: now,
        ...(!same && { acquireTime: now }),
      },
    } as Lease;
  }
}

/** A request that hangs must not keep a leader from stepping down in time. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = sleep(Math.max(ms, 0), undefined, { ref: false });
  return Promise.race([work, late]);
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
