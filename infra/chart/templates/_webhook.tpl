{{/* What both webhooks have in common. */}}
{{- define "webapp.webhook" -}}
admissionReviewVersions: [v1]
clientConfig:
  service: {name: {{ include "webapp.fullname" . }}-admission, namespace: {{ .Release.Namespace }}, path: /admission, port: 443}
  {{- with .Values.webhook.caBundle }}
  caBundle: {{ . }}
  {{- end }}
namespaceSelector:
  matchLabels: {webapps.example.com/admission: enforce}
  matchExpressions:
    - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, {{ .Release.Namespace }}, cert-manager]}
failurePolicy: Fail
matchPolicy: Equivalent
sideEffects: None
timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
{{- end }}
