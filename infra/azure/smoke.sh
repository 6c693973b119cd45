#!/usr/bin/env bash
# Looks whether a deployed function app works, and changes nothing: infra/azure/smoke.sh GROUP APP
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: infra/azure/smoke.sh GROUP APP" >&2
  exit 2
fi
group=$1
app=$2

# Prints what is looked at, and ends with the reason where it is not as it should be.
check() {
  local what=$1 expected=$2 found=$3
  if [ "$found" != "$expected" ]; then
    echo "WRONG  $what: expected $expected, found ${found:-nothing}" >&2
    exit 1
  fi
  echo "right  $what"
}

functions=$(az functionapp function list --resource-group "$group" --name "$app" \
  --query "sort([].name)" --output tsv | sed 's|.*/||' | paste -sd, -)
check "functions" "node-events,reconcile,reconcile-schedule" "$functions"

queue=$(az servicebus queue show --resource-group "$group" --namespace-name "$app-bus" \
  --name node-events --query requiresSession --output tsv)
check "sessions of the queue" "true" "$queue"

# The platform may add it at a deployment of code. The host would take it in place of the identity.
keyed=$(az functionapp config appsettings list --resource-group "$group" --name "$app" \
  --query "length([?name=='AzureWebJobsStorage'])" --output tsv)
check "settings with a key of the storage" "0" "$keyed"

# Other topics may be in the group. Ours are those that deliver as the app's second identity.
topics=$(az eventgrid system-topic list --resource-group "$group" \
  --query '[].[name, keys(identity.userAssignedIdentities || `{}`)[0]]' --output tsv |
  awk -F '\t' -v identity="$app-events" '{ n = split($2, parts, "/") } tolower(parts[n]) == tolower(identity) { print $1 }')
check "event topics" "some" "${topics:+some}"
for topic in $topics; do
  states=$(az eventgrid system-topic event-subscription list --resource-group "$group" \
    --system-topic-name "$topic" --query "[].provisioningState" --output tsv | sort -u)
  check "event subscriptions of $topic" "Succeeded" "$states"
done

# An app that has nothing to do is started for them, which may take a minute.
for _ in {1..24}; do
  waiting=$(az servicebus queue show --resource-group "$group" --namespace-name "$app-bus" \
    --name node-events --query countDetails.activeMessageCount --output tsv)
  if [ "$waiting" = 0 ]; then break; fi
  sleep 5
done
check "messages that wait" "0" "$waiting"

host=$(az functionapp show --resource-group "$group" --name "$app" --query properties.defaultHostName --output tsv)
key=$(az functionapp keys list --resource-group "$group" --name "$app" --query functionKeys.default --output tsv)
report=$(mktemp)
trap 'rm -f "$report"' EXIT
# The key goes by standard input: arguments of a process can be seen by others.
status=$(curl --silent --output "$report" --write-out '%{http_code}' --config - "https://$host/api/reconcile" <<CONFIG
header = "x-functions-key: $key"
CONFIG
)
if [ "$status" != 200 ]; then cat "$report" >&2; fi
check "dry run over HTTP" "200" "$status"
check "reads of the dry run" "0" "$(grep -c '"code":"read-incomplete"' "$report" || true)"
cat "$report"
