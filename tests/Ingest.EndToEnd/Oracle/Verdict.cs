namespace Ingest.EndToEnd;

/// <summary>The end of every test: three witnesses must agree that nothing is missing and nothing is there twice.</summary>
internal static class Verdict
{
    /// <summary>
    /// Holds a lake to what was sent: by the oracle, which knows every byte; by <c>./ingest audit</c>; and by DuckDB. All
    /// events that were sent must have been acknowledged by now.
    /// </summary>
    public static async Task AssertConservedAsync(Installation installation, ConservationOracle oracle)
    {
        Assert.Equal(oracle.Sent, oracle.Acknowledged.Value);
        var report = oracle.Check(LakeReader.Read(installation.LakeFolder));
        Assert.True(report.IsClean, report.ToString());

        var audit = await installation.RunAsync("audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
        Assert.Contains("nothing missing", audit.Output, StringComparison.OrdinalIgnoreCase);

        foreach (var stream in new[] { "good", "quarantine" })
        {
            var ids = oracle.AcknowledgedIn(stream).ToArray();
            var counted = await DuckDb.CountAsync(installation.LakeFolder, stream);
            Assert.Equal((ids.Length, ids.Length, 0), (counted.Rows, counted.Ids, counted.Misplaced));
            Assert.Equal(DuckDb.FingerprintOf(ids), counted.Fingerprint);
        }
    }
}
