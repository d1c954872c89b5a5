{{/* Names and addresses of the Knative parts. */}}

{{/* Says what is missing before anything is half installed. */}}
{{- define "webapp.needKnative" -}}
{{- range list "serving.knative.dev/v1" "eventing.knative.dev/v1" "sources.knative.dev/v1" }}
{{- if not ($.Capabilities.APIVersions.Has .) }}
{{- fail (printf "\n\nmode: knative needs %s, and this cluster does not serve it.\nInstall Knative Serving and Eventing, or set mode: deployment.\n(helm template: add --api-versions serving.knative.dev/v1,eventing.knative.dev/v1,sources.knative.dev/v1)\n" .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where the broker takes events. */}}
{{- define "webapp.brokerUrl" -}}
{{- $host := ternary "kafka-broker-ingress" "broker-ingress" (eq .Values.knative.broker.class "Kafka") }}
{{- .Values.knative.broker.ingressUrl | default (printf "http://%s.knative-eventing.svc.cluster.local/%s/%s" $host .Release.Namespace (include "webapp.fullname" .)) }}
{{- end }}

{{/* Whom the broker's tokens must be for. */}}
{{- define "webapp.brokerAudience" -}}
{{- .Values.knative.broker.audience | default (printf "eventing.knative.dev/broker/%s/%s" .Release.Namespace (include "webapp.fullname" .)) }}
{{- end }}

{{/* A Knative Service as the receiver of something: (list . "webapps" "/path"). */}}
{{- define "webapp.receiver" -}}
{{- $ := index . 0 -}}
ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: {{ include "webapp.fullname" $ }}-{{ index . 1 }}}
uri: {{ index . 2 }}
{{- if $.Values.knative.oidc.enabled }}
audience: {{ $.Values.knative.oidc.audience }}
{{- end }}
{{- end }}

{{/* How a Trigger tries again, and where what cannot be delivered goes. */}}
{{- define "webapp.delivery" -}}
retry: {{ .Values.knative.delivery.retry }}
backoffPolicy: exponential
backoffDelay: {{ .Values.knative.delivery.backoffDelay }}
timeout: {{ .Values.knative.delivery.timeout }}
{{- with .Values.knative.delivery.retryAfterMax }}
retryAfterMax: {{ . }}
{{- end }}
deadLetterSink:
  {{- if .Values.knative.deadLetterSink }}
  {{- toYaml .Values.knative.deadLetterSink | nindent 2 }}
  {{- else }}
  {{- include "webapp.receiver" (list . "tick" "/dead-letters") | nindent 2 }}
  {{- end }}
{{- end }}
