using System.Globalization;
using Ingest.Storage;
using Ingest.TestKit;

// FolderWriter ROOT COUNT: puts objects 0 to COUNT - 1 into a folder lake, four at a time, and prints the number of each
// that is stored. Made to be killed at any moment.
var lake = new FolderLake(args[0]);
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
await lake.EnsureAsync(CancellationToken.None);
await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, cancellation) =>
{
    var result = await lake.PutAsync(NumberedObject.Of(number), cancellation);
    if (!result.IsConfirmed)
        throw new InvalidOperationException($"{number}: {result}");
    Console.WriteLine(number);
});
