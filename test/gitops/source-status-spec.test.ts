// What the status of a source says of the commit applied last, once the spec is another.
import test from 'ava';
import { PermanentError } from '../../gitops/errors.ts';
import {
  type Synced,
  statusOfSourceFailure,
  statusOfSourceSuspension,
  statusOfSync,
} from '../../gitops/sync/source-status.ts';
import type { WebAppSourceStatus } from '../../gitops/webapp.gen.ts';
import { NOW, webappSource } from '../helpers/builders.ts';

const OLD = 'main@sha1:old';
const NEW = 'main@sha1:new';
const synced: Synced = { revision: NEW, inventory: [], problems: [], postponed: 0 };
const problems = [{ path: 'a.yaml', line: 1, column: 1, message: 'no' }];
const applied = (status: WebAppSourceStatus) => status.lastAppliedRevision;

test('of another spec nothing was ever applied, unless all of it is', (t) => {
  const source = webappSource({
    metadata: { generation: 5 },
    status: { observedGeneration: 4, lastAppliedRevision: OLD },
  });
  const away = new PermanentError('Away', 'away');
  t.is(applied(statusOfSourceFailure(source, away, NOW)), undefined);
  t.is(applied(statusOfSync(source, { ...synced, problems }, NOW)), undefined);
  t.is(applied(statusOfSync(source, { ...synced, postponed: 1 }, NOW)), OLD, 'counts as unseen');
  t.is(applied(statusOfSync(source, synced, NOW)), NEW);
  t.is(applied(statusOfSourceSuspension(source, NOW)), OLD, 'nothing was asked for');
});

test('a message that is longer than a status takes is cut between characters', (t) => {
  const message = `${'x'.repeat(4_095)}\u{1f600} and more`;
  const long = { ...synced, problems: [{ ...problems[0], message, length: 3 }] } as Synced;
  t.deepEqual(statusOfSync(webappSource(), long, NOW).problems, [
    { ...problems[0], message: `${'x'.repeat(4_095)}\ufffd` },
  ] as WebAppSourceStatus['problems']);
});
