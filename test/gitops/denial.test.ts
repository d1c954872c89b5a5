// Which answers of the API server are a denial by a policy.
import test from 'ava';
import { ApiError, isKeptOut } from '../../gitops/api-error.ts';
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
