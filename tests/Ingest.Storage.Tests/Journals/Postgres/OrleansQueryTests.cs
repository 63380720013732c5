using System.Data;
using Npgsql;

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>
/// The statements that the ADO.NET providers of Orleans find in the database, run as they run them: by key, with parameters
/// of their names and types.
/// </summary>
public sealed class OrleansQueryTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 11, 21, 20, 0, 0, DateTimeKind.Utc);

    private string? _database;
    private NpgsqlConnection? _connection;
    private readonly Dictionary<string, string> _queries = [];

    public async ValueTask InitializeAsync()
    {
        _database = await fixture.NewJournalAsync();
        _connection = new NpgsqlConnection(_database);
        await _connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT QueryKey, QueryText FROM OrleansQuery", _connection);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            _queries.Add(rows.GetString(0), rows.GetString(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        await fixture.DropAsync(_database);
    }

    [Fact]
    public void Every_key_that_the_providers_ask_for_is_there() => Assert.Equal(
        new[]
        {
            "GatewaysQueryKey", "MembershipReadRowKey", "MembershipReadAllKey", "InsertMembershipVersionKey",
            "UpdateIAmAlivetimeKey", "InsertMembershipKey", "UpdateMembershipKey", "DeleteMembershipTableEntriesKey",
            "CleanupDefunctSiloEntriesKey",
            "ReadReminderRowsKey", "ReadRangeRows1Key", "ReadRangeRows2Key", "ReadReminderRowKey", "UpsertReminderRowKey",
            "DeleteReminderRowKey", "DeleteReminderRowsKey",
            "WriteToStorageKey", "ReadFromStorageKey", "ClearStorageKey", "DeleteStorageKey",
        }.Order(StringComparer.Ordinal),
        _queries.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_member_joins_under_the_version_that_it_read()
    {
        Assert.True(await AskAsync("InsertMembershipVersionKey", ("DeploymentId", "c")));
        Assert.False(await AskAsync("InsertMembershipVersionKey", ("DeploymentId", "c")));
        var empty = Assert.Single(await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c")));
        Assert.Equal((0, null), ((int)empty["version"]!, empty["starttime"]));

        Assert.True(await JoinAsync(port: 1, version: 0));
        Assert.False(await JoinAsync(port: 2, version: 0)); // Another was faster.
        Assert.False(await JoinAsync(port: 1, version: 1)); // It is there already.
        Assert.True(await JoinAsync(port: 2, version: 1));

        var members = await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c"));
        Assert.Equal(new object?[] { 1, 2 }, members.Select(m => m["port"]).Order());
        Assert.All(members, m => Assert.Equal(2, m["version"]));
        var one = Assert.Single(await QueryAsync("MembershipReadRowKey", [("DeploymentId", "c"), .. Silo(1)]));
        Assert.Equal(("silo", "host", "10.0.0.1", 30_000, 7, 1, Start, null), (one["siloname"], one["hostname"], one["address"], one["proxyport"], one["generation"], one["status"], one["starttime"], one["suspecttimes"]));
        var nobody = Assert.Single(await QueryAsync("MembershipReadRowKey", [("DeploymentId", "c"), .. Silo(9)]));
        Assert.Equal((2, null), ((int)nobody["version"]!, nobody["starttime"]));
    }

    [Fact]
    public async Task A_member_changes_under_the_version_that_was_read()
    {
        await AskAsync("InsertMembershipVersionKey", ("DeploymentId", "c"));
        await JoinAsync(port: 1, version: 0);
        Assert.False(await ChangeAsync(port: 1, version: 0, status: 3, suspects: null));
        Assert.False(await ChangeAsync(port: 9, version: 1, status: 3, suspects: null));
        Assert.True(await ChangeAsync(port: 1, version: 1, status: 3, suspects: "a,b"));
        var one = Assert.Single(await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c")));
        Assert.Equal((2, 3, "a,b", Start.AddMinutes(1)), (one["version"], one["status"], one["suspecttimes"], one["iamalivetime"]));
    }

    [Fact]
    public async Task A_heartbeat_moves_no_version()
    {
        await AskAsync("InsertMembershipVersionKey", ("DeploymentId", "c"));
        await JoinAsync(port: 1, version: 0);
        await RunAsync("UpdateIAmAlivetimeKey", [("DeploymentId", "c"), .. Silo(1), ("IAmAliveTime", Start.AddMinutes(5))]);
        var one = Assert.Single(await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c")));
        Assert.Equal((1, Start.AddMinutes(5)), (one["version"], one["iamalivetime"]));
    }

    [Fact]
    public async Task Gateways_are_active_members_with_a_port_for_clients()
    {
        await AskAsync("InsertMembershipVersionKey", ("DeploymentId", "c"));
        await JoinAsync(port: 1, version: 0);
        await JoinAsync(port: 2, version: 1, proxyPort: 0);
        await JoinAsync(port: 3, version: 2);
        await ChangeAsync(port: 1, version: 3, status: 3, suspects: null);
        await ChangeAsync(port: 2, version: 4, status: 3, suspects: null);
        var gateway = Assert.Single(await QueryAsync("GatewaysQueryKey", ("DeploymentId", "c"), ("Status", 3)));
        Assert.Equal(("10.0.0.1", 30_000, 7), (gateway["address"], gateway["proxyport"], gateway["generation"]));
    }

    [Fact]
    public async Task Members_that_fell_silent_are_cleaned_up_and_a_cluster_is_deleted()
    {
        foreach (var cluster in new[] { "c", "d" })
        {
            await AskAsync("InsertMembershipVersionKey", ("DeploymentId", cluster));
            for (var port = 1; port <= 3; port++)
                await JoinAsync(port, version: port - 1, cluster: cluster);
        }

        await ChangeAsync(port: 1, version: 3, status: 3, suspects: null); // Active: stays, however old.
        await ChangeAsync(port: 2, version: 4, status: 6, suspects: null);
        await RunAsync("UpdateIAmAlivetimeKey", [("DeploymentId", "c"), .. Silo(3), ("IAmAliveTime", Start.AddHours(2))]);
        await RunAsync("CleanupDefunctSiloEntriesKey", ("DeploymentId", "c"), ("IAmAliveTime", Start.AddHours(1)));
        Assert.Equal(new object?[] { 1, 3 }, (await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c"))).Select(m => m["port"]).Order());

        await RunAsync("DeleteMembershipTableEntriesKey", ("DeploymentId", "c"));
        Assert.Empty(await QueryAsync("MembershipReadAllKey", ("DeploymentId", "c")));
        Assert.Equal(3, (await QueryAsync("MembershipReadAllKey", ("DeploymentId", "d"))).Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a key")]
    public async Task State_is_written_under_the_version_that_was_read(string? extension)
    {
        var grain = Grain(extension);
        Assert.Empty(await QueryAsync("ReadFromStorageKey", grain));
        Assert.Equal(1, await WriteAsync(grain, null, [1]));
        Assert.Null(await WriteAsync(grain, null, [2]));
        Assert.Null(await WriteAsync(grain, 7, [2]));
        Assert.Equal(2, await WriteAsync(grain, 1, [3, 4]));
        var row = Assert.Single(await QueryAsync("ReadFromStorageKey", grain));
        Assert.Equal(new byte[] { 3, 4 }, row["payloadbinary"]);
        Assert.Equal(2, row["version"]);
        Assert.Empty(await QueryAsync("ReadFromStorageKey", Grain("another key")));
        Assert.Null(await WriteAsync(Grain("another key"), 2, [1])); // It was deleted, or never there.
    }

    [Fact]
    public async Task Cleared_state_keeps_its_version_and_deleted_state_nothing()
    {
        var grain = Grain("k");
        await WriteAsync(grain, null, [1]);
        Assert.Empty(await QueryAsync("ClearStorageKey", [.. grain, ("GrainStateVersion", (int?)5)]));
        Assert.Equal(2, Assert.Single(await QueryAsync("ClearStorageKey", [.. grain, ("GrainStateVersion", (int?)1)]))["newgrainstateversion"]);
        var row = Assert.Single(await QueryAsync("ReadFromStorageKey", grain));
        Assert.Equal((null, 2), (row["payloadbinary"], (int)row["version"]!));
        Assert.Equal(3, await WriteAsync(grain, 2, [9]));

        Assert.Empty(await QueryAsync("DeleteStorageKey", [.. grain, ("GrainStateVersion", (int?)2)]));
        Assert.Equal(4, Assert.Single(await QueryAsync("DeleteStorageKey", [.. grain, ("GrainStateVersion", (int?)3)]))["newgrainstateversion"]);
        Assert.Empty(await QueryAsync("ReadFromStorageKey", grain));
        Assert.Equal(1, await WriteAsync(grain, null, [1]));
    }

    [Fact]
    public async Task Of_writers_at_the_same_version_one_wins()
    {
        var grain = Grain("k");
        await WriteAsync(grain, null, [0]);
        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var connection = new NpgsqlConnection(_database);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            return (await QueryAsync(connection, "WriteToStorageKey", [.. grain, ("GrainStateVersion", (int?)1), ("PayloadBinary", new[] { (byte)i })])).Count;
        }));
        Assert.Equal(1, won.Sum());
    }

    [Fact]
    public async Task Reminders_are_made_changed_read_and_deleted()
    {
        Assert.Equal(0, await RemindAsync("g", "r", 5, 60_000));
        Assert.Equal(1, await RemindAsync("g", "r", 5, 6_000_000_000));
        Assert.Equal(0, await RemindAsync("g", "s", 5, 1));
        var row = Assert.Single(await QueryAsync("ReadReminderRowKey", ("ServiceId", "x"), ("GrainId", "g"), ("ReminderName", "r")));
        Assert.Equal(("g", "r", Start, 6_000_000_000L, 1), (row["grainid"], row["remindername"], row["starttime"], row["period"], row["version"]));
        Assert.Equal(2, (await QueryAsync("ReadReminderRowsKey", ("ServiceId", "x"), ("GrainId", "g"))).Count);
        Assert.False(await AskAsync("DeleteReminderRowKey", ("ServiceId", "x"), ("GrainId", "g"), ("ReminderName", "r"), ("Version", 0)));
        Assert.True(await AskAsync("DeleteReminderRowKey", ("ServiceId", "x"), ("GrainId", "g"), ("ReminderName", "r"), ("Version", 1)));
        Assert.Empty(await QueryAsync("ReadReminderRowKey", ("ServiceId", "x"), ("GrainId", "g"), ("ReminderName", "r")));
        await RunAsync("DeleteReminderRowsKey", ("ServiceId", "x"));
        Assert.Empty(await QueryAsync("ReadReminderRowsKey", ("ServiceId", "x"), ("GrainId", "g")));
    }

    /// <summary>The providers pass unsigned hashes as signed numbers, and choose the query by comparing those.</summary>
    [Theory]
    [InlineData(10u, 30u, new[] { 20, 30 })]
    [InlineData(30u, 10u, new[] { -5, 10, int.MaxValue, int.MinValue })]
    [InlineData(0xFFFF_FFFAu, 10u, new[] { -5, 10 })]
    [InlineData(10u, 10u, new[] { -5, 10, 20, 30, int.MaxValue, int.MinValue })]
    public async Task Reminders_are_read_by_ranges_that_may_wrap(uint begin, uint end, int[] expected)
    {
        foreach (var hash in new[] { int.MinValue, -5, 10, 20, 30, int.MaxValue })
            await RemindAsync($"g{hash}", "r", hash, 1);
        var key = unchecked((int)begin < (int)end) ? "ReadRangeRows1Key" : "ReadRangeRows2Key";
        var rows = await QueryAsync(key, ("ServiceId", "x"), ("BeginHash", unchecked((int)begin)), ("EndHash", unchecked((int)end)));
        Assert.Equal(expected.Select(h => $"g{h}").Order(StringComparer.Ordinal), rows.Select(r => (string)r["grainid"]!).Order(StringComparer.Ordinal));
    }

    private static (string, object?)[] Silo(int port) => [("Address", "10.0.0.1"), ("Port", port), ("Generation", 7)];

    private static (string, object?)[] Grain(string? extension) =>
    [
        ("GrainIdHash", 11), ("GrainIdN0", 5L), ("GrainIdN1", 6L), ("GrainTypeHash", -12), ("GrainTypeString", "Type"),
        ("GrainIdExtensionString", extension), ("ServiceId", "x"),
    ];

    private Task<bool> JoinAsync(int port, int version, int proxyPort = 30_000, string cluster = "c") => AskAsync(
        "InsertMembershipKey",
        [
            ("DeploymentId", cluster), .. Silo(port), ("IAmAliveTime", Start), ("SiloName", "silo"), ("HostName", "host"),
            ("StartTime", Start), ("Status", 1), ("ProxyPort", proxyPort), ("Version", version),
        ]);

    private Task<bool> ChangeAsync(int port, int version, int status, string? suspects) => AskAsync(
        "UpdateMembershipKey",
        [
            ("DeploymentId", "c"), .. Silo(port), ("IAmAliveTime", Start.AddMinutes(1)), ("Status", status),
            ("SuspectTimes", suspects), ("Version", version),
        ]);

    private async Task<int?> WriteAsync((string, object?)[] grain, int? version, byte[] payload)
    {
        var rows = await QueryAsync("WriteToStorageKey", [.. grain, ("GrainStateVersion", version), ("PayloadBinary", payload)]);
        return rows.Count == 0 ? null : (int?)rows[0]["newgrainstateversion"];
    }

    private async Task<int> RemindAsync(string grain, string name, int hash, long period)
    {
        // The providers pass a period as an int where it fits, else as a long.
        object boxed = period <= int.MaxValue ? (int)period : period;
        var rows = await QueryAsync(
            "UpsertReminderRowKey", ("ServiceId", "x"), ("GrainHash", hash), ("GrainId", grain), ("ReminderName", name), ("StartTime", Start), ("Period", boxed));
        return (int)Assert.Single(rows)["version"]!;
    }

    private async Task<bool> AskAsync(string key, params (string Name, object? Value)[] parameters)
    {
        var row = Assert.Single(await QueryAsync(key, parameters));
        return Convert.ToBoolean(Assert.Single(row).Value, null);
    }

    private async Task RunAsync(string key, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(_connection!, key, parameters);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private Task<List<Dictionary<string, object?>>> QueryAsync(string key, params (string Name, object? Value)[] parameters) =>
        QueryAsync(_connection!, key, parameters);

    private async Task<List<Dictionary<string, object?>>> QueryAsync(NpgsqlConnection connection, string key, (string Name, object? Value)[] parameters)
    {
        var found = new List<Dictionary<string, object?>>();
        await using var command = Command(connection, key, parameters);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            found.Add(Enumerable.Range(0, rows.FieldCount).ToDictionary(
                rows.GetName, i => rows.GetValue(i) is var value and not DBNull ? value : null, StringComparer.OrdinalIgnoreCase));
        }

        return found;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string key, (string Name, object? Value)[] parameters)
    {
        var command = new NpgsqlCommand(_queries[key], connection);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            parameter.DbType = value switch
            {
                int => DbType.Int32,
                long => DbType.Int64,
                DateTime => DbType.DateTime,
                byte[] => DbType.Binary,
                null when name == "GrainStateVersion" => DbType.Int32,
                _ => DbType.String,
            };
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
