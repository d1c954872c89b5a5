// Which answers of the API server are a denial by a policy or a webhook, and what that makes of their code.
import test from 'ava';
import { ApiError, classify, isAbsent, isConflict, isKeptOut } from '../../gitops/api-error.ts';
import { denialIn } from '../../gitops/policy/refusal.ts';

const SAID = "ValidatingAdmissionPolicy 'bounds' with binding 'bounds' denied request: no";
const answer = (message: string) => new ApiError('PATCH /webapps/shop', 422, { message });

test('denial: a policy that denies is named', (t) => {
  const error = answer(`webapps.example.com "shop" is forbidden: ${SAID}`);
  t.is(denialIn(error)?.policy, 'bounds');
  t.true(isKeptOut(error));
});

test('denial: a value in the words of a denial is none', (t) => {
  const error = answer(
    `WebApp.example.com "shop" is invalid: spec.image: Invalid value: "${SAID}": should match`,
  );
  t.is(denialIn(error), undefined);
  t.false(isKeptOut(error));
  t.false(
    isKeptOut(
      answer('WebApp "shop" is invalid: spec.image: Invalid value: "admission webhook "x""'),
    ),
  );
});

test('denial: a webhook that denies, or does not answer, keeps out', (t) => {
  t.true(isKeptOut(answer('admission webhook "a.b" denied the request: no')));
  t.is(denialIn(answer(`admission webhook "a.b" denied the request: ${SAID}`))?.policy, 'bounds');
  t.true(isKeptOut(answer('Internal error occurred: failed calling webhook "a.b": timeout')));
});

/** As a webhook answers that says all it can: its reason, like its code and its causes, is what it likes. */
const byWebhook = (status: number) =>
  new ApiError('DELETE /webapps/shop', status, {
    reason: 'the host is taken',
    message: 'admission webhook "hosts.example.org" denied the request: the host is taken',
    details: { causes: [{ field: 'metadata.uid', message: 'it is taken' }] },
  });

for (const status of [400, 403, 404, 409, 422])
  test(`denial: ${status} of a webhook is no race and may pass`, (t) => {
    const error = byWebhook(status);
    t.false(isConflict(error));
    t.false(isAbsent(error));
    t.like(classify(error), { name: 'RetryableError', reason: 'DeniedByWebhook', cause: error });
  });

test('denial: what a policy says through a webhook stays for good', (t) => {
  const error = answer(`admission webhook "a.b" denied the request: ${SAID}`);
  t.false(isConflict(error));
  t.like(classify(error), { name: 'PermanentError', reason: 'Rejected' });
});
