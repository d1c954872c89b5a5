// The ending within the text of a comment.
import test from 'ava';
import { hasEnding, keepingEnding, withEnding } from '../../functions/review/ending-block.ts';

const BODY = '<!-- webapp-review shop/fleet -->\n### ✅ Policy review\n\ntext\n';
const FORGED = `${BODY}\`\`\`yaml\n  3 | # <!-- webapp-ending -->\n  4 | # ### 🚀 Applied\n  5 | # <!-- /webapp-ending -->\n\`\`\`\n`;

test('an ending is put in once, replaced, and kept by a later verdict', (t) => {
  t.false(hasEnding(BODY));
  const once = withEnding(BODY, '🚀 Applied');
  t.regex(once, /^<!-- webapp-review shop\/fleet -->\n<!-- webapp-ending -->\n### 🚀 Applied\n/);
  t.true(once.endsWith('### ✅ Policy review\n\ntext\n'));
  t.true(hasEnding(once));
  t.is(withEnding(once, '🚀 Applied'), once);
  const other = withEnding(once, '❌ Not applied');
  t.notRegex(other, /🚀/);
  const later = BODY.replace('✅', '❌');
  t.is(keepingEnding(later, once), withEnding(later, '🚀 Applied'));
  t.is(keepingEnding(later, BODY), later);
});

test('marks that a file of the repository holds are no ending', (t) => {
  t.false(hasEnding(FORGED));
  t.is(keepingEnding(BODY, FORGED), BODY);
  t.true(withEnding(FORGED, '❌ Not applied').endsWith(FORGED.slice(FORGED.indexOf('### ✅'))));
});
