export async function salesforceLogin(username, password) {
  const answer = await fetch("/api/session", { method: "POST", body: JSON.stringify({ username, password }) });
  return answer.ok;
}
