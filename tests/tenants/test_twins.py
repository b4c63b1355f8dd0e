"""Every method of Tenants that waits for something has a twin for tasks."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from orgkey_tenants import State, Tenants

if TYPE_CHECKING:
    from customers import Customer

# They wait for nothing, are parts of the others, or belong to threads.
WITHOUT = {"after_fork", "drain", "keep_alive", "sync"}


def test_no_method_is_for_threads_alone() -> None:
    methods = {name for name, _ in inspect.getmembers(Tenants, inspect.isfunction) if not name.startswith("_")}
    twins = {name for name in methods if inspect.iscoroutinefunction(getattr(Tenants, name))}
    assert {f"a{name}" for name in methods - twins - WITHOUT} == twins


async def test_twins_do_what_the_methods_do(tenants: Tenants, customer: Customer) -> None:
    org, app = customer.org, customer.app
    user = next(iter(org.users.values())).username
    await tenants.aadd_jwt_bearer("j", login_url=org.login_url, username=user, key=app.private_key_pem)
    await tenants.arenew_secret("j", app.private_key_pem)
    await tenants.aadd_client_credentials(
        "c", login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret
    )
    await tenants.aadd("p", login_url=org.login_url)
    for tenant in ("j", "c"):
        assert (await (await tenants.asession(tenant)).atoken()).org_id == org.org_id
    assert await tenants.arestored() == 1
    assert (await tenants.aconfirm(customer.tenant)).state is State.ACTIVE
    assert (await tenants.asuspend(customer.tenant)).state is State.SUSPENDED
    assert (await tenants.aresume(customer.tenant)).state is State.ACTIVE
    assert await tenants.arotate_data_keys(sweep=True) == 3
    assert await tenants.arotate_master_key() == 0
    assert (await tenants.arefresh(customer.tenant)).generation == 1
    assert (await tenants.aforget(customer.tenant)).state is State.FORGOTTEN
    states = {record.tenant: str(record.state) for record in await tenants.alist()}
    assert states == {customer.tenant: "FORGOTTEN", "j": "ACTIVE", "c": "ACTIVE", "p": "PENDING"}
    assert (await tenants.aaudit(customer.tenant))[0].event == "forgotten"
