// Finds habits of writing that an English reader stumbles over (STYLE.md, "Language") in the texts that
// people read, prints each with the rule it breaks, and fails if there is one.
//   check-language.mjs [--comments] FILE...
// Of C and JavaScript it reads the string literals, or with --comments the comments; of manual pages and
// Markdown it reads the sentences.
import { readFileSync } from 'node:fs';

/* Each habit: what a machine can see of it, and what is written instead. `but` are good uses. */
const HABITS = [
  { habit: /\b(is|are|was|were|be) no (?!longer\b|more\b|less\b|one\b)/i, but: /\b(there|where|here) (is|are|was|were) no /i,
    instead: '"is not a ..."; "is no ..." sounds translated' },
  { habit: /(^|[.;:!?] |\(|\| )(Who|What) (?![^.?]*\?)/, but: /\| What (it|was|is|people|you)? ?[^|]*\|/,
    instead: 'name the subject ("A client that ...", "The text that ..."); Who and What only ask' },
  { habit: /\b(stand|stands|stood) (behind|before|in|on|at|there|here|beside|below|above|under|open|for)\b/i,
    instead: '"is", "is written"; people stand' },
  { habit: /\bbehind\b/i, but: /\bbehind (a|an|the|one|its|our|your|another|such|that|this|nginx|Caddy|NATs?|it)\b/i,
    instead: '"after", "following"; "behind" is for proxies and NATs' },
  { habit: /\b(is|are|was|were|be|been|gets?) told\b/i, but: /\btold apart\b/i, instead: '"is reported", "learns", "is informed"' },
  { habit: /\bby (itself|themselves)\b/i, instead: '"automatically"' },
  { habit: /\b(come|comes|came|coming) about\b/i, instead: '"be established", "succeed"' },
  { habit: /\b(one|nobody|somebody|everybody)'s own\b/i, instead: '"our own", "your own", "their own"' },
  { habit: /\b(counts?|counted) for nothing\b/i, instead: '"is ignored"' },
  { habit: /\bso long (as|is|was|cut)\b|\bfor so long\b/i, instead: 'name the time' },
  { habit: /\b(a|one|two|\d+) (line|second|minute|room|time)s? (a|an) \w+ each\b/i, instead: '"per"' },
];

const inComments = process.argv[2] === '--comments';
const files = process.argv.slice(inComments ? 3 : 2);
let count = 0;

/** The texts of a file as [line, text]; a sentence that goes over lines is one text. */
function texts(file) {
  const source = readFileSync(file, 'utf8');
  if (inComments) {
    return comments(source);
  }
  if (/\.(h|c|js|mjs)$/.test(file)) {
    return literals(source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (all) => all.replace(/[^\n]/g, ' ')));
  }
  return paragraphs(/\.\d$/.test(file) ? plainRoff(source) : plainMarkdown(source));
}

/** Comments, without their diagrams, which are indented; lines of // in a row are one comment. */
function comments(source) {
  const found = [];
  const pattern = /(["'`])(?:\\.|(?!\1)[^\\\n])*\1|\/\*[\s\S]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*/g;
  for (const match of source.matchAll(pattern)) {
    if (match[0].startsWith('/')) {
      const lines = match[0].replace(/^\/\*+|\*\/$/g, '').split('\n').map((line) => line.replace(/^\s*(\*|\/\/) ?|^\s+/, ''));
      const text = lines.filter((line, i) => i === 0 || !/^ {2}/.test(line)).join(' ').replace(/\s+/g, ' ').trim();
      found.push([source.slice(0, match.index).split('\n').length, text]);
    }
  }
  return found;
}

/** String literals; those that stand side by side, or are added, are one. */
function literals(source) {
  const found = [];
  const pattern = /(?:(["'`])(?:\\.|(?!\1)[^\\])*\1[\s+\\]*)+/g;
  for (const match of source.matchAll(pattern)) {
    const line = source.slice(0, match.index).split('\n').length;
    const text = match[0].replace(/(["'`])[\s+\\]*\1/g, '').replace(/^["'`]|["'`]\s*$/g, '');
    if (/ /.test(text)) {
      found.push([line, text.replace(/\s+/g, ' ')]);
    }
  }
  return found;
}

/** Macros become their arguments: what mandoc would show, on the same lines. */
function plainRoff(source) {
  let list = false;
  return source.split('\n').map((line) => {
    if (/^\.\\"/.test(line) || /^\.(Dd|Dt|Os|Sh|Ss|Nm|Bl|El|Bd|Ed|It|Pp|Dl|Bx|Xr)\b/.test(line)) {
      list = /^\.Bd/.test(line) || (list && !/^\.Ed/.test(line));
      return '';
    }
    return list ? '' : line.replace(/^\.(\w+)( Ns)?\s*/, '').replace(/\b(Ns|Ar|Pa|Li|Fl|Ev|Cm|Sq|Dq)\b ?/g, '');
  }).join('\n');
}

/** Headings are not sentences, and code is not English. */
function plainMarkdown(source) {
  return source.replace(/```[\s\S]*?```/g, (all) => all.replace(/[^\n]/g, ''))
    .replace(/^#.*$/gm, '').replace(/`[^`\n]*`/g, 'CODE');
}

/** Lines up to an empty one, each paragraph with the line on which it begins. */
function paragraphs(source) {
  const found = [];
  let begin = 0;
  let lines = [];
  const end = () => {
    if (lines.length > 0) {
      found.push([begin, lines.join(' ')]);
    }
    lines = [];
  };
  source.split('\n').forEach((line, i) => {
    if (line.trim() === '') {
      end();
      return;
    }
    if (/^([-|#>*]|\d+\.)/.test(line)) {
      end();
    }
    begin = lines.length === 0 ? i + 1 : begin;
    lines.push(line.replace(/^[-#>*]+ +/, '').trim());
  });
  end();
  return found;
}

for (const file of files) {
  for (const [line, text] of texts(file)) {
    for (const sentence of text.split(/(?<=[.!?:;]) /)) {
      for (const { habit, but, instead } of HABITS) {
        if (habit.test(sentence) && !but?.test(sentence)) {
          console.log(`${file}:${line}: ${sentence.slice(0, 160)}\n    instead: ${instead}`);
          count += 1;
        }
      }
    }
  }
}
console.log(`language: ${count} habits found`);
process.exit(count > 0 ? 1 : 0);
