// What the documentation's Node cells on evaluation do, one after another: start, poll, read, list; as they stand there
// but for the address, which CLARIFAI_GRPC_BASE gives, and the names of app, model and dataset.
const { ClarifaiStub, grpc } = require("clarifai-nodejs-grpc");

const { PAT, APP_ID, MODEL_ID, MODEL_VERSION_ID, DATASET_ID } = process.env;
const USER_ID = "me";
const stub = ClarifaiStub.grpc();
const metadata = new grpc.Metadata();
metadata.set("authorization", `Key ${PAT}`);
const user_app_id = { user_id: USER_ID, app_id: APP_ID };
const version = { user_app_id, model_id: MODEL_ID, model_version_id: MODEL_VERSION_ID };
const EVALUATED = 21300;
const NOT_YET = [21301, 21303];

const call = (method, request) =>
  new Promise((resolve, reject) => {
    stub[method](request, metadata, (error, response) => {
      if (error) return reject(error);
      if (response.status.code !== 10000) return reject(new Error(`${method}: ${response.status.details}`));
      resolve(response);
    });
  });

async function finished(id) {
  for (;;) {
    const { eval_metrics } = await call("GetEvaluation", { user_app_id, evaluation_id: id });
    if (eval_metrics.status.code === EVALUATED) return eval_metrics;
    if (!NOT_YET.includes(eval_metrics.status.code)) throw new Error(JSON.stringify(eval_metrics.status));
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

async function main() {
  const model = { id: MODEL_ID, app_id: APP_ID, user_id: USER_ID, model_version: { id: MODEL_VERSION_ID } };
  const ground_truth_dataset = { id: DATASET_ID, app_id: APP_ID, user_id: USER_ID };
  const begun = await call("PostEvaluations", { user_app_id, eval_metrics: [{ model, ground_truth_dataset }] });
  const scored = await finished(begun.eval_metrics[0].id);

  // The cell of the older call: its loader drops what a Struct has no field for, so this names no dataset.
  const params = { dataset_id: DATASET_ID };
  const older = await call("PostModelVersionEvaluations", { ...version, eval_metrics: [{ eval_info: { params } }] });
  const own = await finished(older.eval_metrics[0].id);

  const fields = { confusion_matrix: true, cooccurrence_matrix: true, label_counts: true, binary_metrics: true, test_set: true };
  const read = await call("GetModelVersionEvaluation", { ...version, evaluation_id: scored.id, fields });
  const { eval_metrics: listed } = await call("ListModelVersionEvaluations", version);
  const { eval_metrics: owned } = await call("ListEvaluations", { user_app_id });
  console.log(
    JSON.stringify({
      scored: { id: scored.id, dataset: scored.ground_truth_dataset.id, roc_auc: scored.summary.macro_avg_roc_auc },
      own: { id: own.id, dataset: own.ground_truth_dataset.id },
      inputs: read.eval_metrics.test_set.length,
      concepts: read.eval_metrics.binary_metrics.map(({ concept }) => concept.id),
      listed: listed.map(({ id }) => id),
      owned: owned.map(({ id }) => id),
    }),
  );
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
