import test from 'ava';
import {
  codePoints,
  decodeUtf8,
  encodeUtf8,
  sliceCodePoints,
  utf16Offset,
} from '../../../policies/cel/values/text.ts';

const FACES = 'a\u{1f600}b\u{1f601}';

test('a pair of surrogates is one code point, a lone one is one, too', (t) => {
  const counts: [string, number][] = [
    ['', 0],
    ['abc', 3],
    ['äöü', 3],
    [FACES, 4],
    ['\ud83d', 1],
    ['\ude00\ud83d', 2],
    ['\ud83d\ud83d\ude00', 2],
  ];
  for (const [text, count] of counts) t.is(codePoints(text), count, JSON.stringify(text));
});

test('slices count code points', (t) => {
  t.is(sliceCodePoints(FACES, 1), '\u{1f600}b\u{1f601}');
  t.is(sliceCodePoints(FACES, 1, 2), '\u{1f600}');
  t.is(sliceCodePoints(FACES, 2, 9), 'b\u{1f601}');
  t.is(sliceCodePoints(FACES, 4), '');
});

test('an index beyond the end is the end', (t) => {
  t.deepEqual(
    [0, 1, 2, 3, 4, 5].map((index) => utf16Offset(FACES, index)),
    [0, 1, 3, 4, 6, 6],
  );
});

test('UTF-8 is read strictly and keeps a byte order mark', (t) => {
  t.deepEqual([...encodeUtf8('ä')], [0xc3, 0xa4]);
  t.is(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
  t.is(decodeUtf8(Uint8Array.of(0xff)), undefined);
  t.is(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80)), undefined);
});
