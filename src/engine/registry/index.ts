// Registries: images from and to them. Others need of this folder what stands here. Tests: test/pure/engine/registry,
// test/container/registry.
export { login, logout, registryName, type LoginOptions } from './login.js';
export { pull, pullAllTags, type Pulled, type PullWishes } from './pull.js';
export { push, type Pushed, type PushWishes } from './push.js';
export type { RegistryOptions } from './session.js';
