// A certified OpenID provider (npm `oidc-provider`) on loopback. Whoever signs in is who they type: `ana@example.org`; accounts and how it
// lies are told to it by POST /test with JSON. Prints one line of JSON with its address when it is ready; ends when its input closes.
import http from 'node:http';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';

console.warn = console.info = () => {}; // its advice for who runs it in earnest
const accounts = {};
let told = {}; // how it lies
let keys;
let settings = { conform: false }; // its issuer, its client, and whether claims come by userinfo alone
let handle;

async function newKey(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}

function claimsOf(id) {
  return { sub: id, email: id, email_verified: true, name: id.split('@')[0], ...accounts[id] };
}

async function forged(token) {
  const claims = { ...decodeJwt(token), ...told.claims };
  if (told.alg === 'none') {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none' })}.${part(claims)}.`;
  }
  if (told.alg === 'HS256') {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(told.secret));
  }
  const signer = told.alg === 'another' ? await newKey(keys[0].kid) : keys[0];
  return new SignJWT(claims).setProtectedHeader(decodeProtectedHeader(token)).sign(await importJWK(signer, 'RS256'));
}

function serve({ issuer, client, conform }) {
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys },
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: conform, // Keycloak, Entra and Google do not, and say all in the ID token
    pkce: { required: () => true },
    ttl: { IdToken: 600, AccessToken: 600, AuthorizationCode: 600, Session: 3600, Interaction: 600, Grant: 3600 },
    cookies: { keys: ['of a test'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => claimsOf(id) }),
    // Nobody is asked for consent: the town hall has given it for its staff.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.body?.id_token && Object.keys(told).length) ctx.body.id_token = await forged(ctx.body.id_token);
    if (ctx.path === '/.well-known/openid-configuration' && told.issuer) ctx.body = { ...ctx.body, issuer: told.issuer };
    const said = told.says?.[ctx.path]; // instead: of an object what is another, or anything else
    if (said !== undefined) ctx.body = said?.constructor === Object ? { ...ctx.body, ...said } : said;
  });
  return provider.callback();
}

keys = [await newKey('first')];
const server = http.createServer(async (request, response) => {
  if (request.url !== '/test') return handle(request, response);
  let body = '';
  for await (const part of request) body += part;
  const wish = JSON.parse(body);
  if (wish.accounts) Object.assign(accounts, wish.accounts);
  if (wish.key) keys = [await newKey(wish.key)];
  if (wish.settings) settings = { ...settings, ...wish.settings };
  if (wish.key || wish.settings) handle = serve(settings);
  told = wish.lie ?? {};
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ issuer: `http://127.0.0.1:${server.address().port}` })));
process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
