import { createHash } from 'node:crypto';

/**
 * The one stylesheet. It stands in the page, allowed by its hash, and is not a file of its own: a page must look
 * right behind an ingress that passes one service's path only, and its bytes must not tell whether that service exists.
 */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--line:#d1d9e0;--text:#1f2328;--quiet:#59636e;--link:#0b5cad;--on-link:#fff;--code:#eff2f5}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--line:#3d444d;--text:#f0f6fc;--quiet:#9da7b1;--link:#79b8ff;--on-link:#0d1117;--code:#262c36}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--page);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:38rem;padding:clamp(1.25rem,5vw,2.5rem);background:var(--card);border:1px solid var(--line);border-radius:.75rem;overflow-wrap:anywhere}
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
li button{width:100%;text-align:left;font-weight:400;color:var(--text);background:transparent;border-color:var(--line)}
li button:hover{border-color:var(--link)}
li strong,li span{display:block}
.quiet,li span{color:var(--quiet);font-size:.875rem}
.quiet{margin:1.25rem 0 0}
`;

/** A source for CSP's `style-src` (CSP3 2.3.1). */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
