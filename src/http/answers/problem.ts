/** Airflow 2's error documents (airflow/api_connexion/exceptions.py, EXCEPTIONS_LINK_MAP), titles by RFC 9110. */
const AIRFLOW_ERRORS =
  'https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html#section/Errors/';
const PROBLEMS: Readonly<Record<number, { readonly title: string; readonly type: string }>> = {
  400: { title: 'Bad Request', type: `${AIRFLOW_ERRORS}BadRequest` },
  401: { title: 'Unauthorized', type: `${AIRFLOW_ERRORS}Unauthenticated` },
  403: { title: 'Forbidden', type: `${AIRFLOW_ERRORS}PermissionDenied` },
  405: { title: 'Method Not Allowed', type: `${AIRFLOW_ERRORS}MethodNotAllowed` },
  502: { title: 'Bad Gateway', type: 'about:blank' },
  503: { title: 'Service Unavailable', type: 'about:blank' },
  504: { title: 'Gateway Timeout', type: 'about:blank' },
};

/** The members that make a JSON body a problem document (RFC 7807 3.1) as clients of `/api/v1` parse it. */
export function problemOf(status: number): {
  readonly status: number;
  readonly title: string;
  readonly type: string;
} {
  return { status, ...(PROBLEMS[status] ?? { title: 'Error', type: 'about:blank' }) };
}
