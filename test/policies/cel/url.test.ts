// URLs as Go sees them, which differ from those of browsers.
import test from 'ava';
import { evaluate, evaluateKubernetesCases } from './kubernetes-cases.ts';

test('URLs are those of the API server', (t) => {
  evaluateKubernetesCases(t, './url.json');
});

test('bytes that are no UTF-8 count one each and equal only themselves', (t) => {
  t.is(evaluate('size(url("http://%ff%c3x/").getHost())').value, 3n);
  t.is(evaluate('size(url("http://%e2%82/").getHost())').value, 2n);
  t.is(evaluate('url("http://%e2%82%ac/").getHost()').value, '€');
  t.false(evaluate('url("http://%ff/").getHost() == url("http://%fe/").getHost()').value);
  t.true(evaluate('url("http://%ff/").getHost() == url("http://%FF/").getHost()').value);
});

test('a query of more than 10000 parameters is read as none', (t) => {
  const most = `/?${'a&'.repeat(9999)}b`;
  t.is(evaluate(`size(url("${most}").getQuery()["a"])`).value, 9999n);
  t.is(evaluate(`size(url("${most}&c").getQuery())`).value, 0n);
});
