namespace Ingest.EndToEnd;

/// <summary>Which runs the matrix has. In each, all faults of its lake and its journal come, one after the other.</summary>
internal static class MatrixRuns
{
    private static readonly (JournalKind Journal, LakeKind Lake, BatchSize Size)[] All =
    [
        .. from size in Enum.GetValues<BatchSize>()
           from journal in Enum.GetValues<JournalKind>()
           from lake in Enum.GetValues<LakeKind>()
           select (journal, lake, size),
    ];

    /// <summary>Those of every test run, which have each fault at least once: all of them take too long.</summary>
    private static readonly (JournalKind Journal, LakeKind Lake, BatchSize Size)[] Short =
    [
        (JournalKind.Sqlite, LakeKind.S3, BatchSize.Tiny),
        (JournalKind.Postgres, LakeKind.Folder, BatchSize.Tiny),
    ];

    /// <summary>Those that are to be run now: with INGEST_TEST_LONG=1 all of them.</summary>
    public static TheoryData<JournalKind, LakeKind, BatchSize> Chosen
    {
        get
        {
            var chosen = new TheoryData<JournalKind, LakeKind, BatchSize>();
            foreach (var (journal, lake, size) in LongRun.IsWanted ? All : Short)
                chosen.Add(journal, lake, size);
            return chosen;
        }
    }
}
