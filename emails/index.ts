/** All templates, each loaded when it is first rendered, because their libraries are large and rarely needed. */
export const templates = {
  welcome: () => import('./welcome'),
  'verify-email': () => import('./verify-email'),
  'confirm-new-email': () => import('./confirm-new-email'),
  'reset-password': () => import('./reset-password'),
  'sign-in-code': () => import('./sign-in-code'),
  'security-notice': () => import('./security-notice'),
  'approval-requested': () => import('./approval-requested'),
  'approval-decided': () => import('./approval-decided'),
  'connection-ending': () => import('./connection-ending'),
  'emergency-stop': () => import('./emergency-stop'),
  'emergency-over': () => import('./emergency-over'),
} as const;

export type Template = keyof typeof templates;
export type TemplateProps<T extends Template> = Awaited<ReturnType<(typeof templates)[T]>>['preview'];
