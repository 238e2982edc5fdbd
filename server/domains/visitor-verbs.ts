import { confirmEmailChange } from './accounts/change-email';
import { register } from './accounts/register';
import { requestReset } from './accounts/request-reset';
import { checkResetLink, resetPassword } from './accounts/reset-password';
import { signIn } from './accounts/sign-in';
import { codeStep, enterCode, resendCode } from './accounts/sign-in-code';
import { verifyEmail } from './accounts/verify-email';

/** Verbs for users who are not signed in. Their adapters (forms and Auth.js) determine the client, so that a caller cannot choose it. */
export const visitorVerbs = {
  account: {
    register,
    signIn,
    codeStep,
    enterCode,
    resendCode,
    requestReset,
    checkResetLink,
    resetPassword,
    verifyEmail,
    confirmEmailChange,
  },
} as const;
