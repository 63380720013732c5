using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.Folder;

public sealed class FolderLakeCrashTests
{
    private const int Objects = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(150)]
    public async Task A_killed_writer_leaves_whole_objects_and_no_others(int killAfter)
    {
        using var folder = new TemporaryFolder();
        // The numbers of the objects that the writer said are stored.
        var stored = new List<int>();
        string[] arguments = [folder.Path, Objects.ToString(CultureInfo.InvariantCulture)];
        await KilledProcess.RunAsync("Ingest.FolderWriter.dll", arguments, killAfter, line => stored.Add(int.Parse(line, CultureInfo.InvariantCulture)));
        var lake = new FolderLake(folder.Path);

        var there = await lake.ListAsync("", TestContext.Current.CancellationToken)
            .Select(e => NumberedObject.NumberOf(e.Key)).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Subset(there.ToHashSet(), stored.ToHashSet());
        foreach (var number in there)
            Assert.Equal(
                NumberedObject.BytesOf(number),
                await File.ReadAllBytesAsync(folder.Of(NumberedObject.KeyOf(number)), TestContext.Current.CancellationToken));

        // The next process goes on where this one was killed.
        foreach (var number in there.Append(Objects))
            Assert.Equal(
                number == Objects ? PutOutcome.Stored : PutOutcome.AlreadyStored,
                (await lake.PutAsync(NumberedObject.Of(number), TestContext.Current.CancellationToken)).Outcome);
    }
}
