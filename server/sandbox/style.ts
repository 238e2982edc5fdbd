import { createHash } from 'node:crypto';
import type { Accent } from './stand-in';

/** The only style sheet of the pages. */
const STYLE = `
:root{--bg:#fff;--fg:#16181d;--muted:#565d6b;--line:#d9dde4;--card:#f7f8fa;--accent:#1f4fd8;--on-accent:#fff;--bad:#a11220;--good:#0b6b3a;--band:#fff3c9;--band-fg:#4a3600;--band-line:#e3c766}
@media(prefers-color-scheme:dark){:root{--bg:#111318;--fg:#eceef2;--muted:#a7afbd;--line:#343945;--card:#1a1d24;--accent:#8fb0ff;--on-accent:#0d1530;--bad:#ff9aa2;--good:#7fdcab;--band:#3a2f0a;--band-fg:#ffe9a8;--band-line:#6a571a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
.band{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;justify-content:space-between;align-items:center;background:var(--band);color:var(--band-fg);border-bottom:1px solid var(--band-line);padding:.5rem 1rem;font-size:.9rem}
.band p{margin:0}.band nav{display:flex;gap:1rem}.band a{color:inherit}
main{max-width:38rem;margin:0 auto;padding:1.5rem 1rem 4rem}main.wide{max-width:64rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .75rem}h3{font-size:1rem;margin:0 0 .25rem}
a{color:var(--accent)}p{margin:0 0 .75rem}
.muted{color:var(--muted)}.small{font-size:.875rem}
.card,article,fieldset{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem;margin:0 0 1rem}
fieldset{min-width:0}.card>h2:first-child{margin-top:0}
legend{float:left;width:100%;font-weight:600;font-size:1.15rem;padding:0;margin:0 0 .5rem}legend+*{clear:both}
.card>:last-child,article>:last-child,fieldset>:last-child,.card>form>:last-child{margin-bottom:0}
.under{border-left:2px solid var(--line);padding-left:1rem;margin:-.5rem 0 1rem}
p.text{white-space:pre-wrap}article p.text{font-size:1.05rem;margin:.25rem 0 .5rem}
label{display:block;font-weight:600;margin:.5rem 0 .25rem}
label.choice{display:flex;gap:.75rem;align-items:flex-start;font-weight:400;border:1px solid var(--line);border-radius:.6rem;padding:.65rem .75rem;margin:.5rem 0;background:var(--bg);cursor:pointer}
label.choice input{width:auto;margin:.3rem 0 0;flex:none}label.choice span{display:block}
input,select,textarea{width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--muted);border-radius:.5rem;padding:.55rem .65rem;min-height:2.75rem}
input[type=radio],input[type=checkbox]{min-height:0;accent-color:var(--accent)}
button,.button{font:inherit;font-weight:600;border-radius:.6rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);padding:.6rem 1rem;min-height:2.75rem;cursor:pointer;text-decoration:none;display:inline-block;overflow-wrap:normal}
button.plain,.button.plain{background:transparent;color:var(--accent)}button.danger{background:transparent;color:var(--bad);border-color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:.75rem 0}.row>div{flex:1 1 9rem;min-width:0;max-width:28rem}.row form{margin:0}.row label,.fields label{margin-top:0}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr));gap:.75rem;align-items:end;margin:0 0 1rem}.fields>div{min-width:0}
.hint{list-style:none;padding:0;margin:.4rem 0 1rem;color:var(--muted);font-size:.875rem}.hint b{font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap;color:var(--fg)}
button.full{width:100%}.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0 0}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem;list-style:none;padding:0;margin:0 0 1rem}.grid>li{min-width:0}.grid .card{height:100%;margin:0}
.note{border-left:4px solid var(--accent);background:var(--card);padding:.75rem 1rem;border-radius:.25rem}.note.bad{border-color:var(--bad);color:var(--bad)}.note.good{border-color:var(--good);color:var(--good)}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:.05rem .6rem;font-size:.8rem;font-weight:600;color:var(--muted);vertical-align:middle}.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0 0 1rem}dt{color:var(--muted)}dd{margin:0}
.metrics{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;color:var(--muted);font-size:.9rem;list-style:none;padding:0;margin:0}
.price{font-size:1.5rem;font-weight:700}.price .muted{font-weight:400}
img.product{display:block;width:100%;aspect-ratio:4/3;object-fit:contain;border-radius:.75rem;border:1px solid var(--line);background:var(--card);margin:0 0 1rem}.card img.product{margin-bottom:.75rem}
.sheet{display:grid;gap:0 2rem}.sheet>*{min-width:0}@media(min-width:48rem){.sheet{grid-template-columns:3fr 2fr}}.sheet h2:first-child{margin-top:0}
.scroll{overflow-x:auto;margin:0 0 1.5rem}table{border-collapse:collapse;width:100%;font-size:.9rem}th{white-space:nowrap;color:var(--muted);font-weight:600}th,td{text-align:left;padding:.6rem .75rem;border-bottom:1px solid var(--line);vertical-align:middle;overflow-wrap:normal}th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}td .row{margin:0;flex-wrap:nowrap;gap:.5rem}td button{white-space:nowrap}tfoot td{font-weight:600;border-bottom:0}td.num,th.num{text-align:right;font-variant-numeric:tabular-nums}
@media(max-width:44rem){.stack thead{display:none}.stack tr{display:block;padding:.6rem 0;border-bottom:1px solid var(--line)}.stack td{display:grid;grid-template-columns:6rem 1fr;align-items:center;gap:.75rem;border:0;padding:.25rem 0;overflow-wrap:anywhere}.stack td::before{content:attr(data-label);color:var(--muted)}main.wide .row>div{flex-basis:14rem}}
.media{display:grid;gap:.25rem;margin:0 0 .75rem;border-radius:.75rem;overflow:hidden}.media img,.media video{display:block;width:100%;max-height:32rem;object-fit:cover;background:var(--line)}.media.n2,.media.n3,.media.n4{grid-template-columns:1fr 1fr}.media.n3 img:first-child{grid-row:span 2;height:100%}.media.n1 img,.media.n1 video{object-fit:contain}
ul.plain{list-style:none;padding:0;margin:0}code{font-size:.9em}
`;

const known = new Map<string, { css: string; hash: string }>();

/** Returns the style sheet in a platform's colours, and its hash for the content security policy. */
export function styleFor(accent: Accent | undefined): { css: string; hash: string } {
  const own = accent
    ? `:root{--accent:${accent.light}}@media(prefers-color-scheme:dark){:root{--accent:${accent.dark};--on-accent:${accent.onDark}}}`
    : '';
  let style = known.get(own);
  if (!style) {
    const css = STYLE + own;
    style = { css, hash: createHash('sha256').update(css).digest('base64') };
    known.set(own, style);
  }
  return style;
}
