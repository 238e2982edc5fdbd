export * from './billing';
export * from './identity';
export * from './jobs';
export * from './money';
export * from './planning';
export * from './publishing';
export * from './selling';
export * from './workspaces';
