import { createHash } from 'node:crypto';

/**
 * The one stylesheet. It stands in the page, allowed by its hash, and is not a file of its own: a page must look
 * right behind an ingress that passes one service's path only, and its bytes must not tell whether that service exists.
 */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--line:#d1d9e0;--text:#1f2328;--quiet:#59636e;--link:#0b5cad;--on-link:#fff;--code:#eff2f5}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--line:#3d444d;--text:#f0f6fc;--quiet:#9da7b1;--link:#79b8ff;--on-link:#0d1117;--code:#262c36}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:1rem;background:var(--page);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
body.card{display:grid;align-content:center;justify-items:center;gap:1rem}
main{width:100%;overflow-wrap:anywhere}
.card main{max-width:38rem;padding:clamp(1.25rem,5vw,2.5rem);background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.wide main,.wide header{max-width:64rem;margin-inline:auto}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between}
.wide header{margin-bottom:1.5rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:.5rem;font-weight:600}
.skip:not(:focus){position:absolute;left:-100vw}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
p{margin:0 0 1rem}
dl{margin:0 0 1.25rem;display:grid;gap:.75rem;border-block:1px solid var(--line);padding-block:1rem}
@media (min-width:32rem){dl>div{display:grid;grid-template-columns:10rem 1fr;gap:1rem}}
dt{color:var(--quiet)}
dd{margin:0}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--code);border-radius:.25rem;padding:.1em .35em}
a{color:var(--link)}
a,button{text-underline-offset:.2em}
button,.button{display:inline-block;font:inherit;font-weight:600;text-decoration:none;color:var(--on-link);background:var(--link);border:1px solid transparent;border-radius:.5rem;padding:.5rem 1rem;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
ul{list-style:none;margin:0 0 1rem;padding:0;display:grid;gap:.5rem}
li button,li .choice{width:100%;text-align:left;font-weight:400;color:var(--text);background:transparent;border-color:var(--line)}
li button:hover,li .choice:hover{border-color:var(--link)}
.list strong,.list span{display:block}
.quiet,.list span{color:var(--quiet);font-size:.875rem}
.card .quiet{margin:1.25rem 0 0}
h2{margin:2rem 0 .75rem;font-size:1.15rem}
.tabs{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;border-bottom:1px solid var(--line)}
.tabs a{display:block;padding:.4rem 0;text-decoration:none}
.tabs a[aria-current]{color:var(--text);font-weight:600;box-shadow:0 2px var(--link)}
.cards{grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}
.cards>li{padding:1rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.cards h3{margin:0 0 .25rem;font-size:1rem}
.badge{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.8rem}
.services{margin:.75rem 0 0}
.services li{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center}
.services .button{min-width:6.5rem;text-align:center;padding:.3rem .8rem}
.off{color:var(--quiet);background:transparent;border:1px dashed var(--line);cursor:not-allowed}
.up::before,.down::before,.unknown::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.4em;border-radius:50%;background:var(--line)}
.up::before{background:#1a7f37}
.down::before{background:#cf222e}
.columns{grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:.25rem 1.5rem}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;text-align:left}
caption{text-align:left;color:var(--quiet);padding-bottom:.5rem}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
`;

/** A source for CSP's `style-src` (CSP3 2.3.1). */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
